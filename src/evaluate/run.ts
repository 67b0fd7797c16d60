import type { SectionResult } from '../domain/evaluation.ts'
import type { EvaluationContext, Section } from './section.ts'

/** Runs sections one after the other; their seeds do not depend on which others run. */
export async function runSections(
  sections: readonly Section[],
  context: EvaluationContext,
  progress: (section: Section, done: number) => void,
): Promise<SectionResult[]> {
  const results: SectionResult[] = []
  for (const section of sections) {
    const result = await section.evaluate({
      ...context,
      progress: done => progress(section, done),
    })
    results.push({ id: section.id, title: section.title, ...result })
    progress(section, 1)
  }
  return results
}
