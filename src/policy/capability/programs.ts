/** Outside a sentence about running something, only what is surely a program: `any` and `eval` are words of code. */
export const knownProgram =
  /^(?:git|npm|npx|pnpm|yarn|deno|bun|pip|pip3|uv|cargo|rm|mv|cp|chmod|chown|curl|wget|ssh|scp|rsync|sudo|docker|podman|kubectl|terraform|aws|gcloud|gh|psql|sqlite3|systemctl|kill|pkill|killall|dd|mkfs)(?= |$)/
