import { testRecordings } from "./everyRecording.ts";

testRecordings(1, 2);
