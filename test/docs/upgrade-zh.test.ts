// The Chinese upgrade guide shows what the product prints in a Chinese locale.
import { retell } from './retell.js';

retell('upgrade.zh-CN.md', 'zh_CN.UTF-8');
