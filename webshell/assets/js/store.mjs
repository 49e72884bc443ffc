// Entries in this browser's own database. What was written is on the disk before one goes on.

// Does work while nobody else, in whatever tab, does work of that name; where there are no locks, at once.
export function alone(name, work) {
  return navigator.locks ? navigator.locks.request(name, work) : work();
}

export class Store {
  constructor(database, store = "entries") {
    this.database = database;
    this.store = store;
  }

  all() {
    return this.within("readonly", (store) => store.getAll());
  }

  get(key) {
    return this.within("readonly", (store) => store.get(key));
  }

  // Not while the database is dropped.
  put(entry) {
    return alone(this.database, () => this.within("readwrite", (store) => store.put(entry)));
  }

  delete(key) {
    return alone(this.database, () => this.within("readwrite", (store) => store.delete(key)));
  }

  // Drops the database where nothing is in it.
  async dropIfEmpty() {
    if (indexedDB.databases && !(await indexedDB.databases()).some((known) => known.name === this.database)) {
      return;
    }
    await alone(this.database, async () => {
      if (!(await this.within("readonly", (store) => store.count()))) {
        await new Promise((resolve) => {
          const asked = indexedDB.deleteDatabase(this.database);
          asked.onsuccess = asked.onerror = asked.onblocked = resolve;
        });
      }
    });
  }

  async within(mode, work) {
    const database = await this.open();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(this.store, mode, { durability: "strict" });
        const asked = work(transaction.objectStore(this.store));
        transaction.oncomplete = () => resolve(asked.result);
        transaction.onabort = () => reject(transaction.error);
        transaction.onerror = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  }

  open() {
    return new Promise((resolve, reject) => {
      const asked = indexedDB.open(this.database, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(this.store, { keyPath: "key" });
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  }
}
