/** The projects that are measured, as texts of Compose files. */

/** Services with a bit of everything that real files use, in layers that depend on each other. */
export function largeProject(services: number): string {
  const lines = [
    'x-common: &common',
    '  restart: unless-stopped',
    '  logging:',
    '    driver: json-file',
  ];
  lines.push("    options: {max-size: '10m', max-file: '3'}", 'services:');
  for (let index = 0; index < services; index += 1) {
    lines.push(
      `  service-${index}:`,
      '    <<: *common',
      `    image: registry.example.com/team/service-${index % 17}:\${TAG:-1.2.3}`,
      `    command: ["serve", "--port", "${3000 + index}"]`,
      '    environment:',
      `      NAME: service-${index}`,
      '      LEVEL: ${LEVEL:-info}',
      `      PEER: http://service-${(index + 1) % services}:3000`,
      `    ports: ["${10000 + index}:3000"]`,
      '    networks: [front, back]',
      `    volumes: ["data-${index % 10}:/data", "./files:/files:ro"]`,
      '    healthcheck: {test: [CMD, "true"], interval: 5s, timeout: 3s, retries: 3}',
      '    labels: [com.example.team=bench]',
    );
    if (index >= 10)
      lines.push(`    depends_on: {service-${index - 10}: {condition: service_healthy}}`);
  }
  lines.push('networks: {front: {}, back: {internal: true}}', 'volumes:');
  for (let index = 0; index < 10; index += 1) lines.push(`  data-${index}: {}`);
  return `${lines.join('\n')}\n`;
}

/** Services that know nothing of each other and end at once when asked to. */
export function independentProject(services: number): string {
  const lines = ['services:'];
  for (let index = 0; index < services; index += 1) {
    lines.push(
      `  service-${index}:`,
      '    image: test-idle',
      `    environment: {NAME: service-${index}}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Each service waits until the one before is healthy. */
export function chainProject(services: number): string {
  const lines = ['services:'];
  for (let index = 0; index < services; index += 1) {
    lines.push(
      `  service-${index}:`,
      '    image: test-idle',
      "    healthcheck: {test: [CMD, 'true'], interval: 200ms, timeout: 5s, retries: 20}",
    );
    if (index > 0)
      lines.push(`    depends_on: {service-${index - 1}: {condition: service_healthy}}`);
  }
  return `${lines.join('\n')}\n`;
}
