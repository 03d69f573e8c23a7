/** What is proposed within the brackets of Liquid. */
export const contentWords = {
  allRows: "all rows of the catalogue",
  rowByKey: "a row by its key",
  roots: {
    "message.id": "this message’s id",
    "message.category": "this message’s category",
    unsubscribe_url: "where the contact unsubscribes",
    preferences_url: "where the contact chooses",
    "item.": "of the item within a loop",
    "forloop.index": "how often the loop has come by",
  },
} as const;
