import type { QueryRow } from '../../ports/queries/registry.ts'
import { compact, compute, percent, words } from '../format.ts'
import { type Content, type Html, html } from '../html.ts'

/** What the picture leaves out, in five numbers that each lead to the details. */
export function qualityStrip(
  totals: QueryRow<'read-coverage-totals'>,
  quarantine: readonly QueryRow<'read-quarantine-counts'>[],
): Html {
  const all_s = totals.observed_device_s + totals.dark_device_s
  const share = (part: number) => (all_s > 0 ? percent(part / all_s) : '0 %')
  const records = quarantine.reduce((sum, row) => sum + row.records, 0)
  const worst = quarantine[0]
  return html`<div class="tiles">
${tile(hours(totals.observed_device_s), `seen by telemetry, ${share(totals.observed_device_s)} of what is known`, false)}
${tile(hours(totals.dark_device_s), `dark: billed, not seen (${share(totals.dark_device_s)}); adds up to ${compute(totals.dark_hi)} operations`, totals.dark_device_s > 0)}
${tile(hours(totals.unattributed_device_s), `without a tenant, up to ${compute(totals.unattributed_hi)} operations`, totals.unattributed_device_s > 0)}
${tile(hours(totals.unknown_chip_device_s), 'on chips that the catalogue does not know', totals.unknown_chip_device_s > 0)}
${tile(compact(records), worst ? `records in quarantine, most for: ${words(worst.reason)}` : 'records in quarantine', records > 0)}
${tile(compact(totals.tenants), 'tenants with usage', false)}
</div>`
}

function hours(device_s: number): Html {
  return html`${compact(device_s / 3600)} <small>device-h</small>`
}

function tile(value: Content, text: string, isBad: boolean): Html {
  return html`<a class="tile${isBad && ' bad'}" href="/coverage"><b>${value}</b><span>${text}</span></a>`
}
