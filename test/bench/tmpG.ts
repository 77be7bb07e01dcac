import { Counterfactual } from "@aftershock/cascade";
import { plantedDay, recordedSteps, snapshotPopulation, tickOf } from "../validation/counterfactual/plantedDay.ts";
import { calibrateDays, responsesOf } from "../validation/counterfactual/calibratedResponses.ts";
import { PLANTED_RULES } from "../validation/counterfactual/plantedRules.ts";
const t=(n:string)=>{const c=process.cpuUsage();console.log(n,(c.user/1e6).toFixed(2));};
const days=[11,12,13].map((seed)=>plantedDay({preset:"crash-hour",seed}));
t("3 days");
const cal=calibrateDays(days,8);
t("calibrate");
console.log(cal.referenceDepth, JSON.stringify(cal.price[0]), JSON.stringify(cal.index[0]));
const day=plantedDay({preset:"crash-hour",seed:1});
t("day");
const rs=responsesOf(cal,day);
for (const n of [1]) for (const kernel of ["mixture"]) {
const population=snapshotPopulation(day);
const cf=new Counterfactual({recorded:day.rules,scenarios:[{name:"noChange",rules:day.rules},...Object.entries(PLANTED_RULES).map(([name,f])=>({name,rules:f(day.rules)}))],
draws:rs[kernel]!.slice(0,n).map((response)=>({population,response})),mark:{of:day.instrument.id,sampleSeconds:1,bandRate:0.5},stepMicros:100_000,tick:tickOf(day)});
const a=process.cpuUsage().user;
for(const s of recordedSteps(day)){cf.step(s);cf.touch(s.bid,s.ask,s.at);}
const r=cf.finish();
console.log(kernel,n,(process.cpuUsage().user-a)/1e6);
if(n===1)for(const s of r.scenarios)console.log(s.name,s.pathHash===r.record.recordHash,Math.exp(s.runs[0]!.path.low30)*tickOf(day),s.runs[0]!.figures.forcedSold,s.runs[0]!.diverged);
}
