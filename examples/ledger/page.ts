export const ledgerPage = (_: unknown): string => "";
