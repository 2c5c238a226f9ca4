export const derivationPage = (): string => "";
