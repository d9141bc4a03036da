interface Store<Key, Value> {
  get(key: Key): Value | undefined
  set(key: Key, value: Value): unknown
}

/** Made when it is first asked for, and the same for the same argument from then on. */
export function remembered<Key, Value extends {}>(
  make: (key: Key) => Value,
  made: Store<Key, Value> = new Map(),
): (key: Key) => Value {
  return (key) => {
    const known = made.get(key)
    if (known !== undefined) return known
    const value = make(key)
    made.set(key, value)
    return value
  }
}
