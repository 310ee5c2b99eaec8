/** Words that the import adds to a course, in the language of the course. */
export type Labels = Record<LabelName, string>
export type LabelName =
  | 'introduction'
  | 'lessons'
  | 'more'
  | 'about'
  | 'forLearners'
  | 'forInstructors'
  | 'video'
  | 'objectives'
  | 'questions'
  | 'keypoints'
  | 'prereq'
  | 'challenge'
  | 'solution'
  | 'hint'
  | 'spoiler'
  | 'discussion'
  | 'callout'
  | 'checklist'
  | 'testimonial'
  | 'instructor'
  | 'note'
  | 'tip'
  | 'important'
  | 'warning'
  | 'caution'

const english: Labels = {
  introduction: 'Introduction',
  lessons: 'Lessons',
  more: 'More pages',
  about: 'About this course',
  forLearners: 'For learners',
  forInstructors: 'For instructors',
  video: 'Video',
  objectives: 'Objectives',
  questions: 'Questions',
  keypoints: 'Key points',
  prereq: 'Prerequisites',
  challenge: 'Challenge',
  solution: 'Solution',
  hint: 'Hint',
  spoiler: 'Show details',
  discussion: 'Discussion',
  callout: 'Good to know',
  checklist: 'Checklist',
  testimonial: 'Testimonial',
  instructor: 'Note for instructors',
  note: 'Note',
  tip: 'Tip',
  important: 'Important',
  warning: 'Warning',
  caution: 'Caution'
}

const arabic: Labels = {
  introduction: 'مقدمة',
  lessons: 'الدروس',
  more: 'صفحات أخرى',
  about: 'عن هذا المقرر',
  forLearners: 'للمتعلمين',
  forInstructors: 'للمدرسين',
  video: 'فيديو',
  objectives: 'الأهداف',
  questions: 'أسئلة',
  keypoints: 'النقاط الرئيسية',
  prereq: 'المتطلبات السابقة',
  challenge: 'تحدٍّ',
  solution: 'الحل',
  hint: 'تلميح',
  spoiler: 'عرض التفاصيل',
  discussion: 'نقاش',
  callout: 'معلومة مفيدة',
  checklist: 'قائمة تحقق',
  testimonial: 'شهادة',
  instructor: 'ملاحظة للمدرسين',
  note: 'ملاحظة',
  tip: 'نصيحة',
  important: 'مهم',
  warning: 'تحذير',
  caution: 'تنبيه'
}

const russian: Labels = {
  introduction: 'Введение',
  lessons: 'Уроки',
  more: 'Другие страницы',
  about: 'О курсе',
  forLearners: 'Учащимся',
  forInstructors: 'Преподавателям',
  video: 'Видео',
  objectives: 'Цели',
  questions: 'Вопросы',
  keypoints: 'Главное',
  prereq: 'Что нужно знать',
  challenge: 'Задание',
  solution: 'Решение',
  hint: 'Подсказка',
  spoiler: 'Показать подробности',
  discussion: 'Обсуждение',
  callout: 'Полезно знать',
  checklist: 'Список проверки',
  testimonial: 'Отзыв',
  instructor: 'Преподавателю',
  note: 'Примечание',
  tip: 'Совет',
  important: 'Важно',
  warning: 'Предупреждение',
  caution: 'Осторожно'
}

const byLanguage: Record<string, Labels> = { en: english, ar: arabic, ru: russian }

/** The labels for a BCP 47 tag; English when the language is unknown. */
export function labelsFor(language: string | undefined): Labels {
  return byLanguage[language?.toLowerCase().split(/[-_]/)[0] ?? 'en'] ?? english
}
