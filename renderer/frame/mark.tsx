// The product's logo: an arch on two pillars.

export function Mark() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" rx="6" fill="var(--ab-accent)" />
      <path
        d="M4 8h16M6 18V8M18 18V8M4 18h16M6 18a6 6 0 0 1 12 0M12 12V8"
        fill="none"
        stroke="var(--ab-on-accent)"
        strokeWidth="1.6"
        strokeLinecap="round"
      />
    </svg>
  );
}
