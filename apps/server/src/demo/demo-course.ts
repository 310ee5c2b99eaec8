import { fileURLToPath } from 'node:url'
import type { CompletionRule, EnrolmentRole } from '@lyceum/course/contract'

/** What an imported item gets beyond its content, by its title. */
export interface DemoItem {
  readonly completion?: CompletionRule
  /** Titles of the items to complete first. */
  readonly requires?: readonly string[]
  readonly minutes?: number
  /** Days from the making of the school. */
  readonly dueInDays?: number
  readonly note?: string
  readonly captions?: readonly { readonly file: string; readonly locale: string; readonly label: string }[]
}

interface DemoEnrolment {
  readonly email: string
  readonly role: EnrolmentRole
  /** For observers: addresses of the learners they follow. */
  readonly observes?: readonly string[]
}

/** What a learner has done already, by the title of the item, in the order it was done. */
type DemoStudy = Readonly<Record<string, DemoReport>>

export interface DemoReport {
  readonly minutes: number
  readonly done?: true
  /** Left open in the middle: the block at the top of the screen. */
  readonly atBlock?: number
  readonly watchedSeconds?: number
}

export interface DemoCourse {
  /** Folder below `courses/`, in the format of the course import. */
  readonly folder: string
  readonly title: string
  readonly code: string
  readonly color: string
  /** Address of the person of the school who makes and teaches it. */
  readonly teacher: string
  readonly items: Readonly<Record<string, DemoItem>>
  readonly enrolments: readonly DemoEnrolment[]
  readonly studies: Readonly<Record<string, DemoStudy>>
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
export const courseFolder = ({ folder }: DemoCourse): string => here(`courses/${folder}`)
export const captionsFile = (file: string): string => here(`captions/${file}`)

const greenfieldPeople: readonly DemoEnrolment[] = [
  { email: 'aiko@greenfield.example', role: 'assistant' },
  { email: 'lena@greenfield.example', role: 'learner' },
  { email: 'omar@greenfield.example', role: 'learner' },
  { email: 'maria@greenfield.example', role: 'observer', observes: ['lena@greenfield.example'] }
]

/** By the slug of their school. */
export const demoCourses: Readonly<Record<string, readonly DemoCourse[]>> = {
  greenfield: [
    {
      folder: 'welcome-to-greenfield',
      title: 'Welcome to Greenfield',
      code: 'START',
      color: '#2f7d4f',
      teacher: 'tomas@greenfield.example',
      items: {
        'How progress works': { completion: { kind: 'time', seconds: 20 } },
        'Asking for help': { completion: { kind: 'done' } }
      },
      enrolments: greenfieldPeople,
      studies: {
        'lena@greenfield.example': {
          'Your first minutes': { minutes: 3 },
          'How progress works': { minutes: 2 },
          'On the move': { minutes: 2 },
          'Asking for help': { minutes: 1, done: true }
        }
      }
    },
    {
      folder: 'everyday-statistics',
      title: 'Everyday Statistics',
      code: 'STAT-1',
      color: '#2456b8',
      teacher: 'tomas@greenfield.example',
      items: {
        'What one number hides': { completion: { kind: 'time', seconds: 60 } },
        'Two kinds of middle': {
          completion: { kind: 'time', seconds: 60 },
          requires: ['What one number hides'],
          dueInDays: 3
        },
        'Watch: one late bus': {
          minutes: 1,
          note: 'Seven bus journeys, one of them late. Eighteen seconds, no sound; captions in English and Arabic.',
          captions: [
            { file: 'mean-and-median.en.vtt', locale: 'en', label: 'English' },
            { file: 'mean-and-median.ar.vtt', locale: 'ar', label: 'العربية' }
          ]
        },
        'The forty journeys (CSV)': {
          minutes: 2,
          completion: { kind: 'none' },
          note: 'One line for each working day: weekday, weather, and minutes by bicycle and by bus.'
        },
        'How far apart?': {
          completion: { kind: 'time', seconds: 120 },
          requires: ['Two kinds of middle'],
          dueInDays: 7
        },
        'A spoonful of soup': { dueInDays: 14 },
        'Further reading: OpenIntro Statistics (free book)': {
          completion: { kind: 'none' },
          note: 'A complete textbook, free to read and download, for whoever wants to know more.'
        },
        'Check yourself': {
          completion: { kind: 'done' },
          requires: ['A spoonful of soup', 'Two things that move together', 'Risk in the news'],
          dueInDays: 21
        }
      },
      enrolments: greenfieldPeople,
      studies: {
        'lena@greenfield.example': {
          'What one number hides': { minutes: 6 },
          'Two kinds of middle': { minutes: 8 },
          'Watch: one late bus': { minutes: 1, watchedSeconds: 18 },
          'How far apart?': { minutes: 1, atBlock: 6 }
        }
      }
    }
  ],
  harbour: [
    {
      folder: 'safe-on-the-quay',
      title: 'Safe on the Quay',
      code: 'QUAY',
      color: '#b4531a',
      teacher: 'imani@harbour.example',
      items: {
        'What can hurt you here': { completion: { kind: 'time', seconds: 60 } },
        'What to wear': { completion: { kind: 'time', seconds: 120 } },
        'Moving about': { completion: { kind: 'time', seconds: 60 }, dueInDays: 5 },
        'Lifting and loads': { requires: ['What can hurt you here', 'What to wear', 'Moving about'] },
        'When it goes wrong': { completion: { kind: 'done' }, dueInDays: 10 }
      },
      enrolments: [{ email: 'piotr@harbour.example', role: 'learner' }],
      studies: {
        'piotr@harbour.example': {
          'What can hurt you here': { minutes: 5 },
          'What to wear': { minutes: 1, atBlock: 4 }
        }
      }
    }
  ]
}
