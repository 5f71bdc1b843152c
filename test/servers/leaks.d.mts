/** Types of leaks.mjs, which is plain Node. */
export declare const CANARY: string;
export declare const leaksIn: (text: string, except?: string[]) => string[];
export declare const expectNoLeak: (where: string, text: string, except?: string[]) => void;
export declare const leaksBelow: (folder: string, allowed?: (name: string) => boolean) => string[];
