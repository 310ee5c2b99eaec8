/** Text that is HTML already. Only `html` makes it, so a value can never pass for markup. */
export class Html {
  readonly markup: string
  constructor(markup: string) {
    this.markup = markup
  }
}

type Piece = string | Html | readonly Html[]

/** ``html`<p>${name}</p>` ``: what is interpolated is escaped unless it was made here. */
export const html = (literals: TemplateStringsArray, ...pieces: readonly Piece[]): Html =>
  new Html(
    literals
      .map((literal, index) => {
        const piece = pieces[index]
        return literal + (piece === undefined ? '' : markup(piece))
      })
      .join('')
  )

function markup(piece: Piece): string {
  if (piece instanceof Html) return piece.markup
  if (typeof piece === 'string') return piece.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
  return piece.map((part) => part.markup).join('')
}
