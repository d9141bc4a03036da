import type { Duplex } from 'node:stream'

/** Bytes both ways until both ends are done; an end in one direction is passed on and the other goes on. */
export function tunnel(near: Duplex, far: Duplex): void {
  follow(near, far)
  follow(far, near)
  if (near.destroyed || far.destroyed) {
    near.destroy()
    far.destroy()
    return
  }
  near.pipe(far)
  far.pipe(near)
}

// An end that came in order is passed on by the pipe, behind the bytes that are still on their way.
function follow(from: Duplex, to: Duplex): void {
  from.on('error', () => to.destroy())
  from.once('close', () => {
    if (!from.readableEnded || !from.writableFinished) to.destroy()
  })
}
