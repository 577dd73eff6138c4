'use client';

// An operator keeps the navigation when one page fails: the frame around it stays.
export { default } from '../error';
