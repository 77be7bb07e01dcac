/**
 * The style sheet of the page. System fonts only; colours as variables with a light, a dark and a print set; the wide
 * drawing of each figure from 700 px, the narrow one below; tables scroll inside their own box and the page never does
 * sideways.
 */
export const STYLE = `
:root{color-scheme:light dark;--page:#fff;--panel:#f6f7f9;--ink:#16191d;--soft:#5b646f;--line:#e1e5ea;--strong:#aab2bc;
--good:#00674a;--bad:#a83c00;--warn-page:#fff7e0;--warn-line:#d9a400;--sim:#7a2e8c;
--s0:#3f4650;--s1:#0067a8;--s2:#c24f00;--s3:#00805c;--s4:#a3488a;--s5:#8a6d00;--buy:#00805c;--sell:#c24f00}
@media screen and (prefers-color-scheme:dark){:root{--page:#14171b;--panel:#1d2127;--ink:#e8eaed;--soft:#a0a9b4;--line:#2d333b;--strong:#59626d;
--good:#4fd0a5;--bad:#ff9a5c;--warn-page:#2c2612;--warn-line:#c79a1a;--sim:#d79be6;
--s0:#c3cad2;--s1:#5cb3f0;--s2:#ff9147;--s3:#3fcf9f;--s4:#e394cb;--s5:#e3c14d;--buy:#3fcf9f;--sell:#ff9147}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif}
main,footer{max-width:944px;margin:0 auto;padding:0 16px}
main{padding-top:16px}.eyebrow{margin:0;color:var(--soft);font-size:.8rem;letter-spacing:.06em;text-transform:uppercase}
h1{font-size:1.6rem;line-height:1.2;margin:2px 0 4px;overflow-wrap:anywhere}
h2{font-size:1.2rem;line-height:1.3;margin:40px 0 8px;padding-top:10px;border-top:2px solid var(--ink)}
h3{font-size:1rem;line-height:1.3;margin:22px 0 4px}figure h3{margin-top:0}
h4{font-size:.95rem;margin:16px 0 4px}
p{margin:6px 0;max-width:84ch}
.ask{font-size:1.02rem}
.trust{background:var(--panel);border-left:4px solid var(--strong);padding:8px 12px;margin:10px 0;max-width:none}.trust a{color:inherit}
.answer{font-size:1.12rem;margin:8px 0 12px}
.soft,figcaption{color:var(--soft);font-size:.86rem}
.nowrap{white-space:nowrap}
code{font:.86em/1.4 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;overflow-wrap:anywhere}
.simulated{background:repeating-linear-gradient(135deg,#4b1559 0 14px,#5f2170 14px 28px);color:#fff;padding:9px 16px;text-align:center}
.simulated strong{letter-spacing:.14em}
.simulated span{display:block;font-size:.88rem}
.tag{display:inline-block;font-size:.7rem;font-weight:600;letter-spacing:.05em;text-transform:uppercase;color:var(--sim);border:1px solid currentColor;border-radius:3px;padding:0 4px;vertical-align:.12em}
.warn{background:var(--warn-page);border-left:4px solid var(--warn-line);padding:8px 12px;margin:12px 0}
.warn ul{margin:4px 0}
ul{margin:6px 0;padding-left:20px}li{margin:3px 0;max-width:80ch;overflow-wrap:anywhere}
.facts{display:flex;flex-wrap:wrap;gap:4px 24px;margin:12px 0;padding:0}
.facts dt{color:var(--soft);font-size:.8rem}.facts dd{margin:0;font-size:.92rem;font-variant-numeric:tabular-nums;font-weight:600}
.scroll{overflow-x:auto;margin:10px 0;max-width:100%;-webkit-overflow-scrolling:touch}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.88rem;line-height:1.35}
th,td{padding:4px 8px;text-align:right;vertical-align:top;border-bottom:1px solid var(--line);white-space:nowrap}
th{font-weight:600}thead th{vertical-align:bottom;white-space:normal}thead :is(th,td){border-bottom:1.5px solid var(--strong)}
.text,.long,tbody th{text-align:left}td.long{white-space:normal;min-width:150px;overflow-wrap:anywhere}td .name{display:inline-block;max-width:150px}td small,td small.soft{white-space:normal;font-size:.81em}
tbody tr:hover{background:var(--panel)}
.absent{color:var(--soft);font-style:italic}td .absent{white-space:normal}
.good{color:var(--good)}.bad{color:var(--bad)}
.answers{width:100%}.answers th[scope=row]{white-space:normal;font-weight:400;background:var(--page);position:sticky;left:0}
.answers .part th[scope=row]{padding-left:24px;color:var(--soft)}
.answers tr.main th,.answers tr.main td{font-weight:650}
.answers tr.group>*{border-top:1.5px solid var(--strong)}
.answers small{display:block;color:var(--soft);font-size:.88em;font-weight:400}table .soft{font-size:1em}
.swatch{display:inline-block;width:.7em;height:.7em;border-radius:2px;margin-right:.4em}
.answers thead .swatch{display:block;width:100%;height:4px;margin:0 0 4px auto;max-width:110px}
figure{margin:22px 0 26px;break-inside:avoid}
figcaption{max-width:80ch;margin-top:4px}
svg.plot{display:block;width:100%;height:auto;overflow:visible;font-family:inherit}
svg.plot text,svg.plot tspan{white-space:pre}
svg.narrow{display:none}
.key{list-style:none;margin:2px 0 4px;padding:0;font-size:.82rem;display:flex;flex-wrap:wrap;gap:0 14px}
.key.narrow{display:none}
.sizes{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:.82rem;color:var(--soft);align-items:center;margin:2px 0}
.sizes svg{vertical-align:middle;overflow:visible}
pre{margin:4px 0;white-space:pre-wrap;overflow-wrap:anywhere}details{margin:10px 0}summary{cursor:pointer;font-weight:600;padding:6px 0}
summary .soft{font-weight:400}
footer{padding-bottom:40px}
footer dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 14px;font-size:.86rem}
footer dt{color:var(--soft)}footer dd{margin:0;overflow-wrap:anywhere}
@media screen and (max-width:699px){svg.wide{display:none}svg.narrow{display:block;max-width:520px}.key.narrow{display:flex}
body{font-size:15px}h1{font-size:1.35rem}.answers{font-size:.8rem}.answers th,.answers td{padding:5px 4px}.answers th[scope=row]{padding-left:0}
table:not(.answers) :is(th,td){padding:4px 7px}table:not(.answers) :is(th,td):first-child{position:sticky;left:0;background:var(--page);padding-left:0}.answers .part th[scope=row]{padding-left:12px}.answers th[scope=rowgroup]{padding-left:0}
.facts{display:grid;grid-template-columns:1fr 1fr;gap:6px 12px}footer dl{grid-template-columns:1fr}footer dd{margin-bottom:6px}}
@media print{@page{margin:14mm 12mm}body{font-size:10pt}main,footer{max-width:none;padding:0}
.scroll{overflow:visible}table{font-size:8pt}table.answers{font-size:9.5pt}th,td{padding:2px 5px;white-space:normal}td:first-child{white-space:nowrap}main{padding-top:8px}thead{display:table-header-group}tr{break-inside:avoid}
h2,h3,summary{break-after:avoid}h2{margin-top:22px}details::details-content{content-visibility:visible;display:block;height:auto}
.simulated{-webkit-print-color-adjust:exact;print-color-adjust:exact}.swatch{-webkit-print-color-adjust:exact;print-color-adjust:exact}
.answers th[scope=row]{position:static}a{color:inherit;text-decoration:none}}
`;
