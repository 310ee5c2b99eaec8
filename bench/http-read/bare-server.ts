import Fastify from 'fastify'
import pg from 'pg'

/** The baseline: one route, one SELECT by primary key, the same framework and driver, nothing else. */
const [url = '', port = '0', id = ''] = process.argv.slice(2)
const pool = new pg.Pool({ connectionString: url, max: 10 })
const app = Fastify()
app.get('/', async () => {
  const { rows } = await pool.query({
    name: 'one',
    text: 'select id, title, description, color from course.course where tenant_id = $1 and id = $2',
    values: id.split('/')
  })
  return rows[0]
})
await app.listen({ port: Number(port), host: '127.0.0.1' })
process.send?.('ready')
