/** A provider that files in its own name and states nothing else. */
export const FILER = {
  legal_name: 'Example Cloud, Inc.',
  address: '',
  contact_name: '',
  contact_email: '',
  contact_phone: '',
} as const
