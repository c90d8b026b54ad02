import { render } from 'preact';

import { App } from './app.js';
import { narrow } from './policy.js';
import { loadSettings } from './settings.js';
import './style.css';

narrow(loadSettings());
render(<App />, document.getElementById('page')!);
