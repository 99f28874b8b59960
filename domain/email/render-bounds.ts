/** What filling one email may take: characters that are read, milliseconds, and about as many characters that are made. */
export const renderBounds = { parseLimit: 2_000_000, renderLimit: 1_000, memoryLimit: 10_000_000 }
