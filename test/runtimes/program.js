/** The smoke as a program, for runtimes that have a command line: settings on standard input, one line of JSON out. */
import process from "node:process";
import { smoke } from "./smoke.js";

let settings = "";
for await (const chunk of process.stdin) settings += chunk;
console.log(JSON.stringify(await smoke(JSON.parse(settings))));
// What a check has left open must not keep the program: that it can end is the app's own affair.
process.exit();
