import fc from 'fast-check';

/**
 * Properties try the same inputs in each run, so that a change fails by what it changed and not by chance. Other inputs are
 * tried on purpose: `PROPERTY_SEED=7 npx vitest run --project unit`; what fails there is a fault like any other.
 */
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 1) });
