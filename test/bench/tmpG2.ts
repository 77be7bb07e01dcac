import { Counterfactual } from "@aftershock/cascade";
import { plantedDay, recordedSteps, snapshotPopulation, tickOf } from "../validation/counterfactual/plantedDay.ts";
import { calibrateDays, responsesOf } from "../validation/counterfactual/calibratedResponses.ts";
import { PLANTED_RULES } from "../validation/counterfactual/plantedRules.ts";
const days=[11].map((seed)=>plantedDay({preset:"crash-hour",seed}));
const cal=calibrateDays(days,8);
const day=plantedDay({preset:"crash-hour",seed:1});
const rs=responsesOf(cal,day);
const population=snapshotPopulation(day);
for (const [name,f] of [["noChange",(r:any)=>r] as const,...Object.entries(PLANTED_RULES)]) for (const n of [1,5]) {
const cf=new Counterfactual({recorded:day.rules,scenarios:[{name,rules:f(day.rules)}],
draws:Array.from({length:n},()=>({population,response:rs["mixture"]![0]!})),mark:{of:day.instrument.id,sampleSeconds:1,bandRate:0.5},stepMicros:100_000,tick:tickOf(day)});
const a=process.cpuUsage().user;
for(const s of recordedSteps(day)){cf.step(s);cf.touch(s.bid,s.ask,s.at);}
const r=cf.finish();
console.log(name,n,(process.cpuUsage().user-a)/1e6,r.scenarios[0]!.runs[0]!.figures.liquidated);
}
