/**
 * What all of these come to, as `Promise.all`, but a fault is thrown only once every one has ended: what
 * writes may not go on beside what comes after the fault.
 */
export async function allEnded<T extends readonly Promise<unknown>[]>(
  parts: readonly [...T],
): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(parts)
  return Promise.all(parts)
}
