// What outlives a browser that dies: written to the disk before anything goes on.

const NAME = 'sluice';
const STORE = 'sent';

/** Writes one. It is on the disk once this is done: a browser writes `localStorage` some seconds later. */
export async function putOnDisk(key: string, value: unknown): Promise<void> {
    await within('readwrite', (store) => store.put(value, key));
}

export async function removeFromDisk(key: string): Promise<void> {
    await within('readwrite', (store) => store.delete(key));
}

export async function allOnDisk(): Promise<unknown[]> {
    return await within('readonly', (store) => store.getAll());
}

/** Throws where the browser has no such storage, or refuses it. */
async function within<T>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
    const database = await opened();
    try {
        const transaction = database.transaction(STORE, mode, { durability: 'strict' });
        const request = work(transaction.objectStore(STORE));
        await new Promise<void>((resolve, reject) => {
            transaction.oncomplete = () => resolve();
            transaction.onabort = () => reject(transaction.error);
        });
        return request.result;
    } finally {
        database.close();
    }
}

function opened(): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
        const request = indexedDB.open(NAME, 1);
        request.onupgradeneeded = () => request.result.createObjectStore(STORE);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}
