/** A front finds gateways by fixed addresses: names of containers that do not run yet would keep it from starting. */
export const FRONT_NETWORK = '172.30.77.0/24'
export const ADDRESSES = { blue: '172.30.77.11', green: '172.30.77.12' } as const
