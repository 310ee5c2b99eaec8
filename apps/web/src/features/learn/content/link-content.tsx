import { Button } from '@mantine/core'
import IconExternalLink from '@tabler/icons-react/dist/esm/icons/IconExternalLink.mjs'
import { useReader } from '../outline/use-reader.ts'
import type { Study } from '../study/use-study.ts'
import classes from './item-content.module.css'

interface Props {
  readonly url: string
  readonly title: string
  readonly study: Study
}

/** A page of another site; going there is what opens it. */
export function LinkContent({ url, title, study }: Props) {
  const { t } = useReader()
  const open = () => study.report({ opened: true }, true)
  return (
    <div className={classes.card}>
      <span className={classes.icon}>
        <IconExternalLink size={28} stroke={1.5} aria-hidden />
      </span>
      <div className={classes.what}>
        <p className={classes.name}>
          <bdi>{title}</bdi>
        </p>
        <p className={classes.small} dir="ltr">
          <bdi>{URL.parse(url)?.host ?? url}</bdi>
        </p>
      </div>
      <Button
        component="a"
        href={url}
        target="_blank"
        rel="noopener noreferrer"
        onClick={open}
        onAuxClick={open}
        title={t('link.newTab')}
      >
        {t('link.open')}
      </Button>
    </div>
  )
}
