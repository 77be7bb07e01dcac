/** What the instrument of a chain is called that holds what its gas costs. */
export const GAS = "GAS";
