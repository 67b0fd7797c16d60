import type { ConsolePage } from './deps.ts'
import { casePage } from './pages/case.ts'
import { coveragePage } from './pages/coverage.ts'
import { detectorsPage } from './pages/detectors.ts'
import { findingPage } from './pages/finding.ts'
import { casesPage, findingsPage, runsPage, tenantsPage } from './pages/lists.ts'
import { overviewPage } from './pages/overview.ts'
import { runPage } from './pages/run.ts'
import { tenantPage, unattributedPage } from './pages/tenant.ts'

/** Every page of the console, by the path that the router gives it. */
export const CONSOLE_PAGES: readonly ConsolePage[] = [
  overviewPage,
  casesPage,
  casePage,
  findingsPage,
  findingPage,
  runsPage,
  runPage,
  tenantsPage,
  tenantPage,
  unattributedPage,
  detectorsPage,
  coveragePage,
]
