// A shield with a tick: marks the offline guard and settings that are always on.

interface ShieldIconProps {
  readonly size?: number;
  readonly stroke?: number;
  readonly className?: string | undefined;
}

export function IconShieldCheck({ size = 16, stroke = 1.75, className }: ShieldIconProps) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      className={className}
      fill="none"
      stroke="currentColor"
      strokeWidth={stroke}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M12 3l7.5 3v5.5c0 4.4-3.1 7.8-7.5 9.5-4.4-1.7-7.5-5.1-7.5-9.5V6z" />
      <path d="M8.5 12l2.5 2.5 4.5-4.5" />
    </svg>
  );
}
