import type { Deployment } from '../deployment.ts'
import { type RenderedFile, textFile, yamlFile } from '../rendered-file.ts'

/** Ships the JSON lines of containers or of the journal; written to Fluent Bit 3. */
export const renderFluentBit = ({ name }: Deployment): RenderedFile[] => [
  yamlFile('fluent-bit/fluent-bit.yaml', {
    service: {
      flush: 2,
      grace: 30,
      log_level: 'warn',
      parsers_file: 'parsers.conf',
      'storage.path': '/var/lib/fluent-bit/storage',
      'storage.max_chunks_up': 64
    },
    pipeline: {
      inputs: [
        {
          name: 'tail',
          tag: 'lyceum.container',
          path: `/var/log/containers/*_${name}_*.log`,
          'multiline.parser': 'cri',
          db: '/var/lib/fluent-bit/containers.db',
          'storage.type': 'filesystem',
          mem_buf_limit: '16M',
          skip_long_lines: true
        },
        {
          name: 'systemd',
          tag: 'lyceum.unit',
          systemd_filter: ['_SYSTEMD_UNIT=lyceum.service', '_SYSTEMD_SLICE=system-lyceum.slice'],
          systemd_filter_type: 'Or',
          db: '/var/lib/fluent-bit/journal.db',
          read_from_tail: true,
          'storage.type': 'filesystem'
        }
      ],
      filters: [
        { name: 'modify', match: 'lyceum.unit', rename: 'MESSAGE log' },
        {
          name: 'parser',
          match: 'lyceum.*',
          key_name: 'log',
          parser: 'lyceum',
          reserve_data: true,
          preserve_key: false
        },
        { name: 'modify', match: 'lyceum.*', add: `product ${name}` }
      ],
      outputs: [
        {
          name: 'opensearch',
          match: 'lyceum.*',
          host: variable('LOGS_HOST'),
          port: 9200,
          tls: true,
          http_user: variable('LOGS_USER'),
          http_passwd: variable('LOGS_PASSWORD'),
          logstash_format: true,
          logstash_prefix: `${name}-logs`,
          suppress_type_name: true,
          replace_dots: true,
          'storage.total_limit_size': '2G',
          retry_limit: 'no_limits'
        }
      ]
    }
  }),
  textFile(
    'fluent-bit/parsers.conf',
    `
[PARSER]
    Name        lyceum
    Format      json
    Time_Key    time
    Time_Format %Y-%m-%dT%H:%M:%S.%LZ
    Time_Keep   On
`
  )
]

/** Read by Fluent Bit from its own environment. */
const variable = (name: string): string => `\${${name}}`
