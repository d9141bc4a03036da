// All that `main.ts` needs once there is something to do, behind one import: a bundle of it is one file.
export { runProgram } from './program.ts'
export { reportError } from './report.ts'
export { openTerminal } from './terminal.ts'
