import { expect, it } from 'vitest'
import { p95Between, readMetrics } from './process-metrics.ts'

const text = (requests: number, errors: number) => `# HELP lyceum_http_request_duration_seconds Time to answer, by route
# TYPE lyceum_http_request_duration_seconds histogram
lyceum_http_request_duration_seconds_bucket{le="0.1",method="GET",route="/api/v1/courses/:courseId",status="200",release="n"} ${requests - 10}
lyceum_http_request_duration_seconds_bucket{le="0.5",method="GET",route="/api/v1/courses/:courseId",status="200",release="n"} ${requests}
lyceum_http_request_duration_seconds_bucket{le="+Inf",method="GET",route="/api/v1/courses/:courseId",status="200",release="n"} ${requests}
lyceum_http_request_duration_seconds_sum{method="GET",route="/api/v1/courses/:courseId",status="200",release="n"} 3
lyceum_http_request_duration_seconds_count{method="GET",route="/api/v1/courses/:courseId",status="200",release="n"} ${requests}
lyceum_http_request_duration_seconds_count{method="GET",route="/x",status="503",release="n"} ${errors}
lyceum_http_request_duration_seconds_count{method="GET",route="/api/v1/ready",status="503",release="n"} 999
lyceum_http_request_duration_seconds_bucket{le="+Inf",method="GET",route="/x",status="200",synthetic="true",release="n"} 31
lyceum_http_request_duration_seconds_count{method="GET",route="/x",status="200",synthetic="true",release="n"} 31
lyceum_http_request_duration_seconds_count{method="GET",route="/x",status="500",synthetic="true",release="n"} 2
lyceum_http_request_duration_seconds_count{method="GET",route="/x",status="429",synthetic="true",release="n"} 50
process_start_time_seconds{release="n"} 1700000000.5
lyceum_http_hanging_requests{release="n"} 2
lyceum_release_pins{pinned="n",release="n"} 3
lyceum_release_pins_until_seconds{pinned="n",release="n"} 1.7e9
`

it('counts what people asked for, and no probes', () => {
  const { requests, errors, hanging, startedAt, pins, synthetic } = readMetrics(text(100, 4))
  expect({ requests, errors, hanging, startedAt }).toEqual({
    requests: 104,
    errors: 4,
    hanging: 2,
    startedAt: 1_700_000_000.5
  })
  expect(synthetic).toMatchObject({ requests: 33, errors: 2 })
  expect(synthetic.within.get(Infinity)).toBe(31)
  expect(pins.get('n')).toEqual({ count: 3, until: new Date(1_700_000_000_000) })
})

it('finds the 95th percentile between two readings, and none where nothing was asked', () => {
  const [before, after] = [readMetrics(text(1000, 0)).within, readMetrics(text(1100, 0)).within]
  expect(p95Between(before, before)).toBeNull()
  // All hundred that came in between were answered within 0.1 seconds: the ten slower ones are older.
  expect(p95Between(before, after)).toBeCloseTo(95)
  expect(p95Between(new Map(), readMetrics(text(100, 0)).within)).toBeCloseTo(300)
  expect(
    p95Between(
      new Map(),
      new Map([
        [1, 1],
        [Infinity, 100]
      ])
    )
  ).toBe(1000)
})
