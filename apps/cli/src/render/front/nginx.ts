import type { Deployment } from '../deployment.ts'
import { type RenderedFile, textFile } from '../rendered-file.ts'
import { nginxTraffic } from './traffic-nginx.ts'

/** Written to nginx 1.22, as in Debian 12; newer ones take it too. */
export const renderNginx = (deployment: Deployment): RenderedFile[] => [
  textFile('nginx/lyceum.conf', site(deployment)),
  textFile('nginx/lyceum-traffic.conf', nginxTraffic({ blue: ['127.0.0.1:3000'], green: [] })),
  textFile('nginx/nginx.conf', MAIN)
]

/** For an nginx that does nothing else, such as in a container with a read-only root; as any user. */
export const MAIN = `
worker_processes auto;
worker_rlimit_nofile 16384;
# Sockets of learners outlive a reload by this.
worker_shutdown_timeout 60s;
pid /tmp/nginx.pid;
error_log /dev/stderr warn;

events {
  worker_connections 8192;
}

http {
  default_type application/octet-stream;
  client_body_temp_path /tmp/nginx-body;
  proxy_temp_path /tmp/nginx-proxy;
  fastcgi_temp_path /tmp/nginx-fastcgi;
  uwsgi_temp_path /tmp/nginx-uwsgi;
  scgi_temp_path /tmp/nginx-scgi;
  server_tokens off;
  include lyceum.conf;
  include lyceum-traffic.conf;
}
`

/** In the context http: in /etc/nginx/conf.d together with lyceum-traffic.conf, or by nginx.conf beside it. */
export const site = ({ hosts, uploadMegabytes }: Deployment): string => `
# Files of the web app that one colour does not have, the other one may.
map $lyceum_upstream $lyceum_other_upstream {
  default lyceum_green;
  ~^lyceum_green lyceum_blue;
}
# The product answers with its own; these are for what nginx answers itself.
map $upstream_http_strict_transport_security $lyceum_hsts {
  default "";
  "" "max-age=31536000; includeSubDomains";
}
map $upstream_http_x_content_type_options $lyceum_nosniff {
  default "";
  "" nosniff;
}
map $upstream_http_referrer_policy $lyceum_referrer {
  default "";
  "" strict-origin-when-cross-origin;
}
map $upstream_http_content_security_policy $lyceum_csp {
  default "";
  "" "default-src 'none'; frame-ancestors 'none'";
}

log_format lyceum escape=json
  '{"time":"$time_iso8601","level":"info","msg":"answered at the front","reqId":"$request_id","method":"$request_method",'
  '"path":"$uri","status":$status,"seconds":$request_time,"bytes":$bytes_sent,"upstream":"$lyceum_upstream",'
  '"upstreamSeconds":"$upstream_response_time","release":"$upstream_http_x_lyceum_release","host":"$host"}';

proxy_cache_path /var/cache/nginx/lyceum levels=1:2 keys_zone=lyceum_assets:10m max_size=1g inactive=30d use_temp_path=off;

server {
  listen 80;
  listen [::]:80;
  server_name ${hosts.join(' ')};
  location /.well-known/acme-challenge/ {
    alias /var/www/acme/;
  }
  location / {
    return 308 https://$host$request_uri;
  }
}

server {
  listen 443 ssl http2;
  listen [::]:443 ssl http2;
  server_name ${hosts.join(' ')};

  ssl_certificate tls/fullchain.pem;
  ssl_certificate_key tls/privkey.pem;
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;
  ssl_prefer_server_ciphers off;
  ssl_session_cache shared:lyceum_tls:10m;
  ssl_session_timeout 1d;
  ssl_session_tickets off;

  access_log /dev/stdout lyceum;
  keepalive_timeout 75s;
  keepalive_requests 10000;

  # No root is set here: what the release tool writes has one of its own.
  # Locations have no add_header of their own: one would put all of these out of force.
  add_header Set-Cookie $lyceum_set_bucket always;
  add_header Strict-Transport-Security $lyceum_hsts always;
  add_header X-Content-Type-Options $lyceum_nosniff always;
  add_header Referrer-Policy $lyceum_referrer always;
  add_header Content-Security-Policy $lyceum_csp always;

  gzip on;
  gzip_vary on;
  gzip_proxied any;
  gzip_min_length 1024;
  gzip_types application/json application/problem+json application/javascript text/javascript text/css text/plain image/svg+xml application/manifest+json;

  client_max_body_size 2m;
  client_body_timeout 60s;

  proxy_http_version 1.1;
  proxy_set_header Host $host;
  proxy_set_header X-Forwarded-Host $host;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Real-IP $remote_addr;
  proxy_set_header X-Request-Id $request_id;
  proxy_set_header X-Lyceum-Tenant "";
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $lyceum_connection;
  proxy_connect_timeout 5s;
  proxy_send_timeout 60s;
  proxy_read_timeout 60s;
  # Reading is tried at another process once; what changes something is never sent twice.
  proxy_next_upstream error timeout;
  proxy_next_upstream_tries 2;
  proxy_next_upstream_timeout 10s;

  # For those who watch, on their own network: ask the processes.
  location = /metrics {
    return 404;
  }
  location = /health/database {
    return 404;
  }

  location / {
    # Also WebSockets: one that says nothing for a minute is sent a ping by the product.
    proxy_pass http://$lyceum_upstream;
  }

  # Never from a cache, whoever asks.
  location /api/ {
    proxy_cache off;
    proxy_pass http://$lyceum_upstream;
  }

  # Long answers, word by word.
  location ~ ^/api/v1/(.+/)?(stream|live)(/|$) {
    proxy_buffering off;
    proxy_cache off;
    gzip off;
    proxy_read_timeout 3600s;
    proxy_send_timeout 3600s;
    proxy_pass http://$lyceum_upstream;
  }

  # Resumable uploads go through as they come: what arrived before the line broke is kept by the product.
  location /api/v1/uploads {
    client_max_body_size ${uploadMegabytes}m;
    client_body_timeout 300s;
    proxy_request_buffering off;
    proxy_send_timeout 300s;
    proxy_read_timeout 300s;
    proxy_pass http://$lyceum_upstream;
  }

  # Films and documents, in ranges; no need to copy them to a disk on the way.
  location ~ ^/api/v1/files/[^/]+/content/ {
    proxy_buffering off;
    proxy_cache off;
    gzip off;
    proxy_send_timeout 300s;
    proxy_read_timeout 300s;
    proxy_pass http://$lyceum_upstream;
  }

  # Names carry a digest of the content, so any copy is the right one.
  location /assets/ {
    proxy_cache lyceum_assets;
    proxy_cache_key $uri$http_accept_encoding;
    proxy_cache_valid 200 30d;
    proxy_cache_use_stale error timeout updating http_502 http_503 http_504;
    proxy_cache_lock on;
    proxy_intercept_errors on;
    recursive_error_pages on;
    error_page 404 = @assets_of_the_other_colour;
    proxy_pass http://$lyceum_upstream;
  }
  location @assets_of_the_other_colour {
    proxy_cache lyceum_assets;
    proxy_cache_key $uri$http_accept_encoding;
    proxy_cache_valid 200 30d;
    proxy_intercept_errors on;
    recursive_error_pages on;
    error_page 502 503 504 = @nowhere;
    proxy_pass http://$lyceum_other_upstream;
  }
  location @nowhere {
    return 404;
  }
}
`
