/** Whether this process is the one that detects. */
export interface Fence {
  /**
   * null: another instance is, or nobody knows. Else the generation under which it is this one;
   * a later holder has a larger one.
   */
  generation(): number | null
}

/** Without a log to elect by, every process may detect; turns in the store keep them apart. */
export const UNFENCED: Fence = { generation: () => 0 }

/** Asked before every stage, and before anything is appended that cannot be made anew; throws. */
export type Guard = () => Promise<void>

/** For one who is certainly alone: a test, or a command over a store of its own. */
export const UNGUARDED: Guard = async () => undefined
