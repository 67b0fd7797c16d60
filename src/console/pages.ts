import type { ConsolePage } from './deps.ts'
import { overviewPage } from './pages/overview.ts'

/** Every page of the console, by the path that the router gives it. */
export const CONSOLE_PAGES: readonly ConsolePage[] = [overviewPage]
