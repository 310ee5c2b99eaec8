interface OfUnit {
  readonly unitTitle: string
}

/** Neighbours of the same unit, in the order they come: what a heading over several columns spans. */
export function unitGroups<Item extends OfUnit>(items: readonly Item[]): { title: string; items: Item[] }[] {
  const groups: { title: string; items: Item[] }[] = []
  for (const item of items) {
    const last = groups.at(-1)
    if (last?.title === item.unitTitle) last.items.push(item)
    else groups.push({ title: item.unitTitle, items: [item] })
  }
  return groups
}
