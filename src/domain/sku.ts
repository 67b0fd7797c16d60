import { z } from 'zod'
import { type Catalogue, normaliseName } from './accelerator.ts'

/** What a provider sells: SKU or instance type → accelerators of one chip, from `config/skus.yaml`. */

const offer = z.strictObject({ chip: z.string(), accelerators: z.number().positive() })

export const skusFile = z.strictObject({
  providers: z.array(
    z.strictObject({
      name: z.string().min(1),
      source: z.string().min(1),
      confidence: z.enum(['high', 'medium', 'low']),
      skus: z.record(z.string(), offer),
    }),
  ),
})
export type SkusFile = z.output<typeof skusFile>

export interface Sku {
  /** As the provider spells it on the bill. */
  readonly sku: string
  readonly chip: string
  /** Accelerators per unit of the SKU: devices of an instance, 1 for an accelerator-hour. */
  readonly accelerators: number
}

/** The offers of all providers, and every catalogue id as the SKU of one accelerator. */
export function listSkus(file: SkusFile, catalogue: Catalogue): Sku[] {
  return [
    ...catalogue.accelerators.map(chip => ({ sku: chip.id, chip: chip.id, accelerators: 1 })),
    ...file.providers.flatMap(provider =>
      Object.entries(provider.skus).map(([sku, sold]) => ({ ...sold, sku })),
    ),
  ]
}

/** Offers of chips that the catalogue lacks, and SKUs listed twice. */
export function skuFaults(
  file: SkusFile,
  catalogue: Catalogue,
): { provider: number; sku: string; message: string }[] {
  const chips = new Set(catalogue.accelerators.map(chip => chip.id))
  const seen = new Set<string>(chips)
  return file.providers.flatMap(({ skus }, provider) =>
    Object.entries(skus).flatMap(([sku, { chip }]) => {
      const name = normaliseName(sku)
      const messages = [
        ...(chips.has(chip) ? [] : [`${sku} sells ${chip}, which the catalogue lacks`]),
        ...(seen.has(name) ? [`${sku} is listed twice`] : []),
      ]
      seen.add(name)
      return messages.map(message => ({ provider, sku, message }))
    }),
  )
}
