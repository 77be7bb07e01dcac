import { testRecordings } from "./everyRecording.ts";

testRecordings(0, 2);
