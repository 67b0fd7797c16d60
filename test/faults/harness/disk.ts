import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, openSync, rmSync, writeSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

/** The disk of the store: one of its own where the system lets us mount one, so that it can be full. */
export interface Disk {
  readonly folder: string
  /** Whether `fill` works; else the store has to be told to refuse. */
  readonly canFill: boolean
  fill(): void
  free(): void
  close(): Promise<void>
}

const SIZE = '2g'

export async function openDisk(folder: string): Promise<Disk> {
  await mkdir(folder)
  const canFill = mount(folder)
  const filler = join(folder, 'filler')
  const unmount = () => {
    if (canFill && existsSync(folder)) execFileSync('umount', ['--lazy', folder])
  }
  // A run that is ended without its hooks must not leave the memory behind.
  process.once('exit', unmount)
  return {
    folder,
    canFill,
    fill() {
      const file = openSync(filler, 'w')
      const piece = Buffer.alloc(1 << 20)
      try {
        for (;;) writeSync(file, piece)
      } catch (fault) {
        if (!(fault instanceof Error && 'code' in fault && fault.code === 'ENOSPC')) throw fault
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(filler, { force: true }),
    async close() {
      process.off('exit', unmount)
      unmount()
    },
  }
}

function mount(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder], {
      stdio: 'ignore',
    })
    return true
  } catch {
    return false
  }
}
