import { accountSection } from './account/section.ts'
import { forwardSection } from './forward/section.ts'
import { publishedSection } from './published/section.ts'
import type { Section } from './section.ts'

/** Every section of an evaluation, in the order in which it is read. */
export const SECTIONS: readonly Section[] = [accountSection, publishedSection, forwardSection]
