import { accountSection } from './account/section.ts'
import { costSection } from './cost/section.ts'
import { evasionsSection } from './evasions/section.ts'
import { forwardSection } from './forward/section.ts'
import { innocentSection } from './innocent/section.ts'
import { powerSection } from './power/section.ts'
import { publishedSection } from './published/section.ts'
import { runsSection } from './runs/section.ts'
import type { Section } from './section.ts'
import { structureSection } from './structure/section.ts'
import { workloadSection } from './workload/section.ts'

/** Every section of an evaluation, in the order in which it is read. */
export const SECTIONS: readonly Section[] = [
  accountSection,
  publishedSection,
  workloadSection,
  runsSection,
  evasionsSection,
  innocentSection,
  structureSection,
  forwardSection,
  costSection,
  powerSection,
]
