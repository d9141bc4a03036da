/** Makes the value when it is first asked for, and keeps it: of the hundreds of programs here a text names a few. */
export function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

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

/** A store that begins anew when it holds so many. */
export class Recent<Key, Value> implements Store<Key, Value> {
  private readonly made = new Map<Key, Value>()
  private readonly most: number

  constructor(most: number) {
    this.most = most
  }

  get(key: Key): Value | undefined {
    return this.made.get(key)
  }

  set(key: Key, value: Value): void {
    if (this.made.size >= this.most) this.made.clear()
    this.made.set(key, value)
  }
}

/** A store of the last value alone, for what is asked twice in turn. */
export class Last<Key, Value> implements Store<Key, Value> {
  private key: Key | undefined
  private value: Value | undefined

  get(key: Key): Value | undefined {
    return this.key === key ? this.value : undefined
  }

  set(key: Key, value: Value): void {
    this.key = key
    this.value = value
  }
}
