import { mount } from 'svelte';
import { askAhead } from './api/ahead';
import App from './App.svelte';
import { router } from './state/router.svelte';
import './ui/theme.css';

// What the address names is on its way while the door is still looked at.
if (router.route.page === 'viewer') {
  askAhead(router.route.study, router.route.series[0]);
  void import('./routes/viewer/Viewer.svelte');
}

const target = document.getElementById('app');
if (!target) throw new Error('index.html has an element #app');

export default mount(App, { target });
