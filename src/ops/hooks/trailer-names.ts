/** What a commit's message says of the run that made it. */
export const runTrailer = 'Oos-Run'
export const policyTrailer = 'Oos-Policy'
