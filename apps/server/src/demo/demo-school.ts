import type { SchoolRole } from '@lyceum/user/contract'

export interface DemoPerson {
  readonly role: SchoolRole
  readonly name: string
  readonly email: string
  readonly password: string
  /** Stands above schools as well. */
  readonly operator?: boolean
}

export interface DemoSchool {
  readonly name: string
  readonly slug: string
  /** Host name; `*.localhost` reaches this machine in every browser (RFC 6761 §6.3). */
  readonly host: string
  readonly locale: string
  readonly people: readonly [DemoPerson, ...DemoPerson[]]
}

/** Two schools, so that what separates them can be seen; the first person of each is its administrator. */
export const demoSchools: readonly DemoSchool[] = [
  {
    name: 'Greenfield School',
    slug: 'greenfield',
    host: 'localhost',
    locale: 'en',
    people: [
      {
        role: 'administrator',
        name: 'Ada Osei',
        email: 'ada@greenfield.example',
        password: 'lanterns over the library',
        operator: true
      },
      { role: 'teacher', name: 'Tomás Rivera', email: 'tomas@greenfield.example', password: 'chalk dust at noon' },
      { role: 'assistant', name: 'Aiko Mori', email: 'aiko@greenfield.example', password: 'paper cranes in march' },
      { role: 'learner', name: 'Lena Novak', email: 'lena@greenfield.example', password: 'bicycle by the river' },
      { role: 'learner', name: 'Omar Haddad', email: 'omar@greenfield.example', password: 'oranges on the balcony' },
      { role: 'observer', name: 'Maria Novak', email: 'maria@greenfield.example', password: 'tea before the meeting' }
    ]
  },
  {
    name: 'Harbour Training',
    slug: 'harbour',
    host: 'harbour.localhost',
    locale: 'en',
    people: [
      { role: 'administrator', name: 'Henrik Dahl', email: 'henrik@harbour.example', password: 'ropes along the quay' },
      { role: 'teacher', name: 'Imani Okafor', email: 'imani@harbour.example', password: 'maps beside the compass' },
      { role: 'learner', name: 'Piotr Zielinski', email: 'piotr@harbour.example', password: 'morning fog and gulls' }
    ]
  }
]

/** The sign-ins as `lyceum demo` prints them; hosts carry the port of the running server. */
export const demoSignIns = (url: URL) =>
  demoSchools.map(({ host, people }) => ({
    host: url.port === '' ? host : `${host}:${url.port}`,
    users: [
      ...people.map(({ role, email, password }) => ({ role: String(role), email, password })),
      ...people.filter(({ operator }) => operator).map(({ email, password }) => ({ role: 'operator', email, password }))
    ]
  }))
