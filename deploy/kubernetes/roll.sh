#!/usr/bin/env bash
# Written by `lyceum config render` from deployment.yaml; change that and render again.
# Rolls the rendered image into the colour that serves: ./roll.sh staging|production
# Migrations only add (see docs/operators/migrations.md), so the release before runs on the new schema too.
set -euo pipefail
cd "$(dirname "$0")/overlays/${1:?staging or production}"
case $1 in
  production) namespace=lyceum ;;
  *) namespace=lyceum-$1 ;;
esac
services="gateway user course notification file worker scheduler"
kube() { kubectl --namespace "$namespace" "$@"; }

kubectl apply -k ground
stable=$(kube get httproute lyceum -o jsonpath='{.spec.rules[-1:].filters[0].requestHeaderModifier.set[0].value}' |
  sed 's/^stable=\([a-z]*\),.*/\1/')
echo "Serving: $stable"

kube delete job migrate --ignore-not-found --wait
kubectl apply -k migrate
kube wait --for=condition=complete --timeout=1800s job/migrate

kubectl apply -k "$stable"
for service in $services; do
  if ! kube rollout status --timeout=600s "deployment/$service-$stable"; then
    echo "$service did not come up; the release before comes back." >&2
    for each in $services; do kube rollout undo "deployment/$each-$stable" || true; done
    for each in $services; do kube rollout status --timeout=600s "deployment/$each-$stable" || true; done
    exit 4
  fi
done
