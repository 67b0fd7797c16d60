import { registerHooks } from 'node:module'

/**
 * `node --import` of this file makes a program believe that the embedded engine is not installed,
 * as in a production image that leaves its 546 MB out.
 */
registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier !== 'chdb' && !specifier.startsWith('chdb/')) {
      return nextResolve(specifier, context)
    }
    const missing = new Error(`Cannot find package 'chdb' imported from ${context.parentURL}`)
    throw Object.assign(missing, { code: 'ERR_MODULE_NOT_FOUND' })
  },
})
