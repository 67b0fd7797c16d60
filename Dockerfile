# Flopwatch without the embedded engine: it needs a ClickHouse server (docker-compose.yml brings one).
# The Node of the image is the one that package.json pins.
FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /srv/flopwatch
COPY package.json package-lock.json .npmrc ./
# No package needs its install script: the one that has any fetches the Node that this image already
# is. Optional packages are the codecs' binaries, which stay, and the embedded engine (half a
# gigabyte), which goes.
RUN npm ci --omit=dev --ignore-scripts && rm -rf node_modules/chdb node_modules/@chdb

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /srv/flopwatch
# Report packages of `flopwatch report` and the secrets that compose draws go here; a volume takes
# over whose they are. Everything else may be read-only.
RUN install --directory --owner=node --group=node reports secrets
COPY --from=packages /srv/flopwatch/node_modules node_modules
COPY package.json ./
COPY sql sql
COPY config config
COPY detectors detectors
COPY src src
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# SIGTERM ends `serve` once what is under way is done, within ten seconds. As process 1 it needs an
# init in front of it (`docker run --init`, `init: true`), or signals before it listens are lost.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "src/main.ts"]
# Beyond loopback: refuses to start unless FLOPWATCH_TOKENS is set.
CMD ["serve", "--host", "0.0.0.0"]
