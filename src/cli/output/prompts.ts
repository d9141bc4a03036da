// The questions that oos asks, and not all that there are: the one that opens an editor brings half a megabyte along.
export { confirm, select } from '@inquirer/prompts'
